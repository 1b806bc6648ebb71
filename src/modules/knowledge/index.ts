export { getSeen, knowledgeTokenOf } from "./service.ts";
