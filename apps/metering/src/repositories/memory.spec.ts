import { repositoriesContract } from '../testing/repositories-contract.js';
import { memoryRepositories } from './memory.js';

repositoriesContract('memory', async () => memoryRepositories());
