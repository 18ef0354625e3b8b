import { existsSync } from 'node:fs';
import { parts, select } from './parts.js';

describe('the parts of npm test', () => {
  it('all run when none is named', () => {
    expect(select([])).toBe(parts);
    expect(parts.map(({ name }) => name)).toEqual(['types', 'lint', 'unit', 'integration', 'e2e']);
  });

  it('run alone when named, and a test part narrows to the paths given', () => {
    expect(select(['lint'])?.map(({ name }) => name)).toEqual(['lint']);
    expect(select(['unit', 'libs/domain'])?.[0]?.commands[0]?.at(-1)).toBe('libs/domain');
  });

  it('refuse what they do not know', () => {
    expect(select(['units'])).toBeNull();
    expect(select(['lint', 'libs/domain'])).toBeNull();
  });

  it('call programs that exist', () => {
    for (const command of parts.flatMap((part) => part.commands)) expect(existsSync(command[0] ?? '')).toBe(true);
  });
});
