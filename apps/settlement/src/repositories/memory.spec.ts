import { headsContract } from '../testing/heads-contract.js';
import { repositoriesContract } from '../testing/repositories-contract.js';
import { memoryRepositories } from './memory.js';

repositoriesContract('memory', async () => memoryRepositories());
headsContract('memory', async () => memoryRepositories().heads);
