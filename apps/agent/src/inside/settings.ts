/** What the agent tells the init of a sandbox, as its one argument. Nothing secret: the buyer can read it. */

export interface InitSettings {
  readonly hostname: string;
  /** Run by root without a user namespace: the init becomes this user before anything else. */
  readonly dropTo: { readonly uid: number; readonly gid: number } | null;
  readonly home: string;
  readonly shell: string;
  /** The whole environment of whatever runs in the sandbox, before the session's own variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** File descriptor of the link to the agent, inherited through bubblewrap. */
export const LINK_FD = 3;
