/** anchor@1: the shape of the tree over the heads of all streams (that of RFC 6962), for whatever hash it is given. */

export interface StreamHead {
  readonly stream: string;
  /** Of its last fact. */
  readonly revision: number;
  /** Of its last fact: it stands for every fact before it. */
  readonly hash: string;
}

export interface TreeHash<Hash> {
  leaf(head: StreamHead): Hash;
  node(left: Hash, right: Hash): Hash;
  /** Of a tree without leaves. */
  empty(): Hash;
}

/** A complete subtree: 2^n leaves. */
interface Subtree<Hash> {
  readonly leaves: number;
  readonly hash: Hash;
}

/** Takes heads one by one and keeps one hash per level, however many there are. */
export class HeadTree<Hash> {
  /** Largest first, no two of one size. */
  private readonly subtrees: Subtree<Hash>[] = [];
  private last: string | null = null;
  private count = 0;

  constructor(private readonly hash: TreeHash<Hash>) {}

  get leaves(): number {
    return this.count;
  }

  /** Throws a RangeError where heads do not come each once, in the order of their streams' code points. */
  add(head: StreamHead): void {
    if (this.last !== null && byCodePoint(this.last, head.stream) >= 0) {
      throw new RangeError(`${head.stream} comes after ${this.last}`);
    }
    this.last = head.stream;
    this.count += 1;
    let right: Subtree<Hash> = { leaves: 1, hash: this.hash.leaf(head) };
    for (let left = this.subtrees.at(-1); left?.leaves === right.leaves; left = this.subtrees.at(-1)) {
      this.subtrees.pop();
      right = { leaves: left.leaves * 2, hash: this.hash.node(left.hash, right.hash) };
    }
    this.subtrees.push(right);
  }

  /** A subtree without a partner stands beside the ones to its right as it is: nothing is hashed twice. */
  root(): Hash {
    const rightmost = this.subtrees.at(-1);
    if (rightmost === undefined) return this.hash.empty();
    return this.subtrees
      .slice(0, -1)
      .reduceRight((right, { hash: left }) => this.hash.node(left, right), rightmost.hash);
  }
}

/** The order of UTF-8's bytes is that of code points. UTF-16, as `<` has it, puts what lies beyond it (surrogates) too early. */
export function byCodePoint(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const SURROGATES = { from: 0xd800, to: 0xdfff };
const BEYOND = 0x10000;

const rank = (unit: number): number => (unit >= SURROGATES.from && unit <= SURROGATES.to ? unit + BEYOND : unit);
