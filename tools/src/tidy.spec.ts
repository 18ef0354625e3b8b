import { existsSync, readFileSync } from 'node:fs';
import { bans, caught } from './tidy/bans.js';
import { isCode, isSource, isSpec, repositoryFiles, type SourceFile } from './tidy/files.js';
import { packageOf, reachable, specifiers } from './tidy/imports.js';

const files = repositoryFiles();
// The checks themselves have to name what they forbid.
const own = files.filter(({ path }) => !/^tools\/src\/(?:tidy|floors)/.test(path));
const source = files.filter(isSource);
const specs = files.filter(isSpec);

const fault = (path: string, says: string, instead: string): string => `${path} ${says}: ${instead}`;
const json = (path: string): Record<string, Record<string, string>> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>>;

describe('every text', () => {
  it.each(bans)('is free of $what', (ban) => {
    expect(caught(ban, own)).toEqual([]);
  });

  it('ends with a line break', () => {
    expect(files.filter(({ text }) => text !== '' && !text.endsWith('\n')).map(({ path }) => path)).toEqual([]);
  });
});

describe('every source file', () => {
  const LONGEST = 300;

  it('can be read in one sitting', () => {
    const long = files.filter(isCode).filter(({ lines }) => lines > LONGEST);
    expect(long.map(({ path, lines }) => fault(path, `has ${lines} lines`, `split it, at most ${LONGEST}`))).toEqual(
      [],
    );
  });

  it('opens with a sentence on what it is for', () => {
    const silent = source.filter(
      ({ text }) => !/^(?:#!.*\n)?\/\*\*\s(?:(?!\*\/)[\s\S])*[.:!?](?:(?!\*\/)[\s\S])*\*\//.test(text),
    );
    expect(
      silent.map(({ path }) => fault(path, 'does not say what it is for', 'begin with /** A sentence. */')),
    ).toEqual([]);
  });

  it('has a name that says something', () => {
    const vague = files.filter(({ path }) => /(?:^|[/.-])(?:managers?|helpers?|utils?|common)(?=[/.-])/i.test(path));
    expect(vague.map(({ path }) => fault(path, 'says nothing by its name', 'name it for what it does'))).toEqual([]);
  });

  it('is used: it is an entry, or an entry leads to it', () => {
    const isEntry = ({ path }: SourceFile): boolean =>
      /^(?:apps\/[^/]+|tools)\/src\/(?:[^/]+\/)?main\.ts$|^tools\/bootstrap\.mjs$|^[^/]+\.(?:js|mjs)$/.test(path);
    const live = reachable(files.filter(isEntry), files);
    // Test libraries, the checks on this repository itself, and what simulations run on exist for specs alone.
    const tested = reachable(specs, files);
    const forSpecs = ({ path }: SourceFile): boolean =>
      /^libs\/testing\/|^apps\/[^/]+\/src\/testing\/|^tools\/src\/(?:tidy|audit\/tampering)\/|^libs\/simulation\/src\/views\/|\/memory\.ts$|^apps\/[^/]+\/src\/memory\//.test(
        path,
      );
    const dead = source
      .filter(({ path }) => !path.endsWith('.d.ts'))
      .filter((file) => !live.has(file.path) && !(forSpecs(file) && tested.has(file.path)));
    expect(dead.map(({ path }) => fault(path, 'is not used by anything that runs', 'use it or delete it'))).toEqual([]);
  });
});

describe('the packages', () => {
  const root = json('package.json');
  const listed = { ...root['dependencies'], ...root['devDependencies'], ...root['optionalDependencies'] };

  it('are pinned exactly', () => {
    const manifests = files.filter(({ path }) => /(?:^|\/)package\.json$/.test(path)).map(({ path }) => path);
    const loose = manifests.flatMap((path) =>
      ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap((list) =>
        Object.entries(json(path)[list] ?? {})
          .filter(([, version]) => !/^(?:npm:@?[\w/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
          .map(([name, version]) => fault(path, `asks for ${name} ${version}`, 'name one exact version')),
      ),
    );
    expect(loose).toEqual([]);
  });

  it('are listed where they are imported', () => {
    const unlisted = own
      .filter(isCode)
      .flatMap((file) => specifiers(file).map((specifier) => ({ file, name: packageOf(specifier) })))
      .filter(({ name }) => name !== null && !(name in listed));
    expect(
      unlisted.map(({ file, name }) => fault(file.path, `imports ${name}`, 'list it, pinned, in package.json')),
    ).toEqual([]);
  });

  it('in production are imported by something', () => {
    // Nest loads these by itself; the type descriptions and the scripts name them nowhere else.
    const byName = ['reflect-metadata', '@nestjs/microservices', '@nestjs/platform-fastify'];
    const imported = new Set(files.filter(isSource).flatMap((file) => specifiers(file).map(packageOf)));
    const idle = Object.keys(root['dependencies'] ?? {}).filter(
      (name) => !imported.has(name) && !byName.includes(name),
    );
    expect(idle.map((name) => fault('package.json', `asks for ${name}, which nothing imports`, 'remove it'))).toEqual(
      [],
    );
  });
});

describe('every service', () => {
  const services = [...new Set(files.flatMap(({ path }) => /^apps\/[^/]+/.exec(path)?.[0] ?? []))];

  it.each(services)('%s has a start, a configuration and a README of four lines', (service) => {
    expect(['src/main.ts', 'src/config.ts', 'README.md'].filter((path) => !existsSync(`${service}/${path}`))).toEqual(
      [],
    );
    const lines = readFileSync(`${service}/README.md`, 'utf8').split('\n');
    const told = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const words = told.map((line) => /hears|appends|owns|run/i.exec(line)?.[0].toLowerCase());
    expect(words).toEqual(['hears', 'appends', 'owns', 'run']);
  });
});

describe('the ratchet', () => {
  const recorded = JSON.parse(readFileSync('tools/tidy.ratchet.json', 'utf8')) as Record<string, number>;
  const occurrences = (pattern: RegExp, among = own.filter(isCode)): number =>
    among.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0);
  const actual: Record<string, number> = {
    sourceFilesOver200Lines: source.filter(({ lines }) => lines > 200).length,
    castsThroughUnknown: occurrences(
      /\bas unknown as\b/g,
      source.filter(({ path }) => !path.includes('/testing/')),
    ),
    lintExceptions: occurrences(/eslint-disable/g),
    expectedTypeErrors: occurrences(/@ts-expect-error/g),
  };

  it.each(Object.entries(actual))('%s never rise, and are recorded when they fall', (name, count) => {
    expect(`${name}: ${count}`).toBe(`${name}: ${recorded[name]}`);
  });

  it('keeps the usual file short', () => {
    const lengths = source.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(recorded['medianSourceLines'] ?? 0);
  });
});
