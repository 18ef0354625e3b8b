/** The platform's canary: it connects like any machine, has nothing to rent, and is heard by whoever judges others' silence. */

/** No operator can take it: the gateway knows it by a key of its own. */
export const CANARY_NODE_ID = 'ca4a57ca-4a57-7000-8000-ca4a57ca4a57';
