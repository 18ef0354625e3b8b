import { project } from './preset.js';

/**
 * The domain's own specs, for mutation testing: one project, because Stryker's runner takes no more. Without the random histories
 * of whole rentals: run again for each of thousands of mutants they would take days, and stories should find a mutant by name.
 */
const unit = project('mutation', ['<rootDir>/libs/domain/src/**/*.spec.ts']);

export default { ...unit, testPathIgnorePatterns: [...unit.testPathIgnorePatterns, '/rental/properties\\.spec\\.ts$'] };
