/** Who may sign for a node: from the view, or from its stream where its enrolment may still be on its way here. */

import type { Parts } from './parts.js';
import { nodes } from './streams.js';

/** Null: it never enrolled. */
export async function nodeKeyOf(
  { nodeKeys, act }: Pick<Parts, 'nodeKeys' | 'act'>,
  nodeId: string,
): Promise<string | null> {
  const known = await nodeKeys.of(nodeId);
  if (known !== null) return known;
  const { state } = await act.load(nodes, nodeId);
  return state.status === 'enrolled' ? state.nodeKey : null;
}
