import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTrash, prepareWorkspace, removeWorkspace, workspaceAt } from './workspace.js';

const dir = mkdtempSync(join(tmpdir(), 'workspace-'));
const workspace = workspaceAt(join(dir, 'lease'));
const trash = join(dir, 'trash');
const contents = { owner: null, files: { passwd: 'ann\n', tool: '#!/bin/sh\n' }, tools: ['tool'] };
const mode = (path: string): number => statSync(path).mode & 0o7777;

afterAll(() => rmSync(dir, { recursive: true }));

describe('a workspace', () => {
  it('has a private home, an open tmp, and system files', async () => {
    await prepareWorkspace(workspace, contents);
    expect([mode(workspace.home), mode(workspace.tmp)]).toEqual([0o700, 0o1777]);
    expect([mode(join(workspace.system, 'passwd')), mode(join(workspace.system, 'tool'))]).toEqual([0o644, 0o755]);
  });

  it('keeps what the buyer wrote when it is prepared again', async () => {
    writeFileSync(join(workspace.home, 'work'), 'precious');
    await prepareWorkspace(workspace, { ...contents, files: { passwd: 'bob\n' } });
    expect(readFileSync(join(workspace.home, 'work'), 'utf8')).toBe('precious');
    expect(readFileSync(join(workspace.system, 'passwd'), 'utf8')).toBe('bob\n');
  });

  it('is gone once removed, and removing it again is no fault', async () => {
    mkdirSync(join(workspace.home, 'closed'), { mode: 0o000 });
    await removeWorkspace(workspace, trash);
    expect(existsSync(workspace.dir)).toBe(false);
    expect(readdirSync(trash)).toEqual([]);
    await removeWorkspace(workspace, trash);
  });

  it('half removed by an earlier run is removed at the next start', async () => {
    mkdirSync(join(trash, 'old', 'deep'), { recursive: true });
    await emptyTrash(trash);
    expect(readdirSync(trash)).toEqual([]);
    await emptyTrash(join(dir, 'never made'));
  });
});
