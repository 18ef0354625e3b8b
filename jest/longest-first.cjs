/**
 * The longest first, so that no worker is left alone with one at the end. Jest knows how long each took only where it has run before;
 * a fresh clone, as in CI, is told here.
 */
const Sequencer = require('@jest/test-sequencer').default;

/** Half a minute and more, the longest first. */
const LONG = [
  'tools/src/chaos/chaos.e2e.spec.ts',
  'tools/src/demo/tiers.e2e.spec.ts',
  'tools/src/demo/demo.e2e.spec.ts',
  'tools/src/demo/node-failure.e2e.spec.ts',
  'tools/src/chaos/unruly-bus.e2e.spec.ts',
  'libs/simulation/src/stories/swarm.spec.ts',
  'tools/src/demo/rental.e2e.spec.ts',
  'tools/src/demo/preemption.e2e.spec.ts',
  'apps/settlement/src/crashes.int.spec.ts',
  'apps/settlement/src/stories.int.spec.ts',
  'apps/outbox/src/outbox.int.spec.ts',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONG.findIndex((name) => path.endsWith(`/${name}`));
      return place < 0 ? LONG.length : place;
    };
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
};
module.exports.LONG = LONG;
