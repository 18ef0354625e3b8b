/**
 * Which floor of the house may stand on which. Specs may also use libs/testing, and a service's the local chain and the audit.
 * The simulation alone stands on services: it runs them all in one process.
 */

const below = {
  'scope:domain': [],
  'scope:contracts': ['scope:domain'],
  'scope:runtime': [],
  'scope:audit': ['scope:contracts'],
  'scope:testing': ['scope:domain', 'scope:contracts', 'scope:runtime'],
  'scope:simulation': ['scope:domain', 'scope:contracts', 'scope:runtime', 'scope:audit', 'scope:app'],
  'scope:app': ['scope:domain', 'scope:contracts', 'scope:runtime'],
  'scope:tools': ['scope:domain', 'scope:contracts', 'scope:runtime', 'scope:audit', 'scope:simulation'],
};

const forSpecs = (tag) => (tag === 'scope:app' ? ['scope:testing', 'scope:tools', 'scope:audit'] : ['scope:testing']);

/** Options of @nx/enforce-module-boundaries. */
export const floors = ({ inSpecs }) => ({
  allow: [],
  allowCircularSelfDependency: false,
  // libs/testing stands on the libraries whose specs stand on it, and the simulation that tools tell stories with stands on services
  // whose specs stand on the local chain in tools; no running code closes either circle.
  ignoredCircularDependencies: [
    ...['domain', 'contracts', 'runtime'].map((lib) => ['@tokenos/testing', `@tokenos/${lib}`]),
    ['@tokenos/tools', '@tokenos/simulation'],
    ['@tokenos/simulation', '@tokenos/settlement'],
  ],
  depConstraints: Object.entries(below).map(([sourceTag, tags]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: inSpecs ? [...tags, ...forSpecs(sourceTag)] : tags,
  })),
});
