import { eventStoreContract } from '@tokenos/testing/event-store/contract';
import { memoryEventStore } from './memory.js';

eventStoreContract('memory', () => Promise.resolve({ store: memoryEventStore(), start: null }));
