/** Words of a machine that is not ours, made fit for a fact: short, and nothing in them that a terminal or a database stumbles over. */

const MAX_CHARACTERS = 200;

export function plainWords(text: string): string {
  const words = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return [...words].slice(0, MAX_CHARACTERS).join('');
}
