/** The package ships no types: the one table of it that is used. */
declare module '@tgwf/co2' {
  /** Grams of CO2 per kWh, two decimals, by ISO 3166-1 alpha-3 code, and by names such as `WORLD`. */
  export const averageIntensity: { readonly data: Readonly<Record<string, number>> };
}
