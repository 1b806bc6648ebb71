export { createVerifyRoutes } from "./routes.ts";
export { type Verification, verifyBook } from "./service.ts";
