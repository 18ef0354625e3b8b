/** The refusals that are the door's own, each with its HTTP status; those of the rules come from the domain. */

export const edgeProblems = {
  malformed_json: { status: 400, detail: 'The body is not JSON.' },
  invalid_request: { status: 400, detail: 'The request does not have the shape this call takes.' },
  checkpoint_path_missing: { status: 400, detail: 'Say which folder to save.' },
  unauthenticated: { status: 401, detail: 'This call needs a valid access token: Authorization: Bearer <token>.' },
  bad_enrolment_token: { status: 401, detail: 'This enrolment token is unknown, used up or expired.' },
  payment_required: { status: 402, detail: 'This rental is not paid yet.' },
  forbidden: { status: 403, detail: 'This token does not have the role that this call needs.' },
  not_found: { status: 404, detail: 'There is nothing here, or it is not yours.' },
  longer_wait_needed: { status: 409, detail: 'A machine can be had, but not within the maxWaitSeconds given.' },
  ssh_key_missing: { status: 409, detail: 'This rental has no SSH key: POST to this address mints one.' },
  idempotency_key_reused: { status: 409, detail: 'This Idempotency-Key was used with another request.' },
  secret_already_delivered: { status: 409, detail: 'The answer to this call held a secret and is not kept.' },
  rental_over: { status: 410, detail: 'This rental is over; nobody can log in any more.' },
  payload_too_large: { status: 413, detail: 'The body is too large.' },
  unsupported_media_type: { status: 415, detail: 'Send the body as application/json.' },
  upgrade_required: { status: 426, detail: 'This address speaks WebSocket only.' },
  too_many_open_quotes: { status: 429, detail: 'Too many quotes are neither paid nor expired.' },
  too_many_downloads: { status: 429, detail: 'Too many downloads are under way; come back when one has ended.' },
  rate_limited: { status: 429, detail: 'Too many requests; come back in a moment.' },
  internal: {
    status: 500,
    detail: 'Something failed on our side; nothing is known to have changed. It is safe to try again.',
  },
  unavailable: { status: 503, detail: 'Not possible right now; try again in a moment.' },
} as const satisfies Record<string, { status: number; detail: string }>;

export type EdgeCode = keyof typeof edgeProblems;
