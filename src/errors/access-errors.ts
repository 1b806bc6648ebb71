/** Of who asks, and what they may: part of the catalogue in `errors.ts`. */
export const accessErrors = {
  UNAUTHENTICATED: {
    status: 401,
    title: "Authentication is required",
    retryable: false,
    meaning: "The request carries no credential, or one that is malformed, unknown, expired or revoked.",
    remedy: "Send Authorization: Bearer with an access token or an API key. Refresh an expired token.",
  },
  CREDENTIALS_INVALID: {
    status: 401,
    title: "The email address or password is wrong",
    retryable: false,
    meaning: "No account has this email address and password together.",
    remedy: "Check both; they are not told apart on purpose.",
  },
  LOGIN_LOCKED: {
    status: 429,
    title: "Too many wrong passwords",
    retryable: true,
    meaning:
      "So many wrong passwords were tried that no further one is checked for a while: for this address from your network, or from " +
      "networks where nobody logged in to it lately. Open sessions are not touched, and refresh as before.",
    remedy:
      "Wait as many seconds as Retry-After says. If it was not you: log in from where you usually do, and change your password.",
  },
  PASSWORD_WRONG: {
    status: 403,
    title: "The present password is wrong",
    retryable: false,
    meaning: "The password is changed by who knows the present one, and this is not it, or not any more.",
    remedy: "Check it. It is no 401, as the access token is good and refreshing it would not help.",
  },
  REFRESH_TOKEN_INVALID: {
    status: 401,
    title: "The refresh token is not valid",
    retryable: false,
    meaning: "The token is unknown, expired or revoked, or was used before; a second use ends its session.",
    remedy: "Log in again.",
  },
  PASSWORD_CHECK_BUSY: {
    status: 503,
    title: "Too many passwords are being checked",
    retryable: true,
    meaning:
      "Checking a password takes memory on purpose, so few are checked at once, and too many wait for it already.",
    remedy: "Send the request again after Retry-After.",
  },
  FORBIDDEN: {
    status: 403,
    title: "Your role does not permit this",
    retryable: false,
    meaning: "You are a member of this book with a role that is too small for the request.",
    remedy: "Ask an owner of the book for the role that the detail names.",
  },
  SCOPE_INSUFFICIENT: {
    status: 403,
    title: "The API key does not permit this",
    retryable: false,
    meaning: "The key lacks the scope that this request needs, or the route is not open to API keys.",
    remedy: "Use a key with that scope, or log in.",
  },
  EMAIL_TAKEN: {
    status: 409,
    title: "The email address is in use",
    retryable: false,
    meaning: "A user with this email address exists.",
    remedy: "Log in, or register another address.",
  },
  MEMBER_EXISTS: {
    status: 409,
    title: "The user is a member already",
    retryable: false,
    meaning: "The user has a role in this book.",
    remedy: "Change the member's role instead.",
  },
  INVITATION_NOT_YOURS: {
    status: 403,
    title: "The invitation is for another address",
    retryable: false,
    meaning: "An invitation is accepted by the user whose email address was invited, and yours is another one.",
    remedy: "Log in with the address that was invited, or ask an owner of the book to invite yours.",
  },
  INVITATION_USED: {
    status: 409,
    title: "The invitation was accepted",
    retryable: false,
    meaning: "An invitation is good for one acceptance, and this one has had it.",
    remedy: "Ask an owner of the book for a new invitation if the membership has ended; remove the member to end it.",
  },
  INVITATION_REVOKED: {
    status: 409,
    title: "The invitation was revoked",
    retryable: false,
    meaning:
      "An owner of the book revoked the invitation or made a newer one to the same address, or who made it is no owner any more.",
    remedy: "Use the newest invitation, or ask an owner of the book for one.",
  },
  INVITATION_EXPIRED: {
    status: 409,
    title: "The invitation has expired",
    retryable: false,
    meaning: "The invitation was not accepted in time.",
    remedy: "Ask an owner of the book for a new one.",
  },
  LAST_OWNER: {
    status: 409,
    title: "A book keeps at least one owner",
    retryable: false,
    meaning: "The change would leave the book without an owner.",
    remedy: "Make another member an owner first.",
  },
} as const;
