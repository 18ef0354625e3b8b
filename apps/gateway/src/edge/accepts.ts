/** Which of the media types on offer a caller prefers; the first, where it does not say. */

export function preferred(accept: string | undefined, offered: readonly [string, ...string[]]): string {
  const wanted = (accept ?? '')
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { type } of wanted) {
    const found = offered.find((candidate) => type === candidate || type === '*/*' || isRange(type, candidate));
    if (found !== undefined) return found;
  }
  return offered[0];
}

const isRange = (type: string, candidate: string): boolean =>
  type.endsWith('/*') && candidate.startsWith(type.slice(0, -1));
