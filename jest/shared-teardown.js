import { rm } from 'node:fs/promises';

export default () => rm(process.env.TOKENOS_SHARED_BY_SPECS, { recursive: true, force: true });
