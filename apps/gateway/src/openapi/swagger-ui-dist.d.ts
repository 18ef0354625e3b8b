/** The package ships no types: where its files lie. */
declare module 'swagger-ui-dist/absolute-path.js' {
  const absolutePath: () => string;
  export = absolutePath;
}
