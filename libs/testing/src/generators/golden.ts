/** Reads the golden files that lie beside a library's sources: inputs and outputs that were computed apart from our code. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const libs = join(__dirname, '..', '..', '..');

/** `golden('domain/golden/pricing.json') as Vectors`: the caller names the shape it expects. */
export const golden = (path: string): unknown => JSON.parse(readFileSync(join(libs, path), 'utf8'));

/** The text itself, for files whose bytes matter. */
export const goldenText = (path: string): string => readFileSync(join(libs, path), 'utf8');

/** File names in a folder, in order. */
export const goldenNames = (folder: string): readonly string[] => readdirSync(join(libs, folder)).sort();
