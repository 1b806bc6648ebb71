export { EmbeddedDatabaseError } from "./embedded-error.ts";
export { type EmbeddedDatabase, type EmbeddedOptions, startEmbedded } from "./start-embedded.ts";
