import { recordsContract } from '../testing/records-contract.js';
import { memoryRecords } from './memory.js';

recordsContract('memory', async () => memoryRecords());
