/** Reports for a person to read, a line for each figure. */

import { type Aim, type Figure, isMet, type Report } from './figures.js';

export function textOf(part: string, { settings, figures }: Report): string {
  const set = Object.entries(settings).map(([name, value]) => `  ${name} = ${value}`);
  const width = Math.max(0, ...figures.map(({ what }) => what.length));
  return [part, ...set, ...figures.map((figure) => `  ${lineOf(figure, width)}`), ''].join('\n');
}

function lineOf(figure: Figure, width: number): string {
  const { what, value, unit, limit, ratio, aim } = figure;
  return [
    `${what.padEnd(width)}  ${short(value)} ${unit}`,
    ...(limit === undefined ? [] : [`${limit.what}: ${short(limit.value)} ${unit}`]),
    ...(ratio === undefined ? [] : [`ratio ${short(ratio)}`]),
    ...(aim === undefined ? [] : [`aim ${aimText(aim)}: ${isMet(figure) ? 'met' : 'missed'}`]),
  ].join('   ');
}

const aimText = ({ of, atLeast, atMost }: Aim): string =>
  [
    ...(atLeast === undefined ? [] : [`${of} at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`${of} at most ${atMost}`]),
  ].join(', ');

/** Three digits say all that a figure of one machine can. */
const short = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
