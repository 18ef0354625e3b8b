/** The `nvidia-smi` of a simulated lease: it lists exactly the leased GPUs, and says first that they are simulated. */

import type { Gpu } from './gpu.js';

export const SIMULATED_HEADING = 'SIMULATED: this machine has no such GPU; the marketplace is running a demonstration';

export function nvidiaSmiScript(gpus: readonly Gpu[]): string {
  const list = gpus.map(({ uuid, model }, index) => `GPU ${index}: ${model} (UUID: ${uuid})`);
  const table = gpus.map(
    ({ uuid, model }, index) => `| ${String(index).padStart(3)} | ${model.padEnd(20)} | ${uuid} |`,
  );
  return `${[
    '#!/bin/sh',
    '# Written by the TokenOS agent for one lease.',
    'case "$1" in',
    '-L|--list-gpus)',
    ...print([SIMULATED_HEADING, ...list]),
    ';;',
    '"")',
    ...print([
      SIMULATED_HEADING,
      '| GPU | Name                 | UUID                                     |',
      ...table,
    ]),
    ';;',
    '*)',
    `echo "nvidia-smi (SIMULATED) knows no options but -L" >&2; exit 2`,
    ';;',
    'esac',
  ].join('\n')}\n`;
}

/** Models and ids hold no quote: they are the agent's own. */
const print = (rows: readonly string[]): string[] => rows.map((row) => `echo '${row}'`);
