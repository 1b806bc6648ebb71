export { knowledgeTokenOf } from "./service.ts";
