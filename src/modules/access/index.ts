export {
  accessByMethod,
  anyKey,
  type BookAccess,
  type KeyScope,
  keyScopes,
  membersOnly,
  ownersOnly,
  peopleOnly,
  type Role,
  readingKeys,
  roles,
  securityOf,
  type UserAccess,
} from "./requirement.ts";
export { bookScope, bookScopeOf, identityScope, userScope } from "./scope.ts";
