export { getSeen, knowledgeTokenOf, toSeen } from "./service.ts";
