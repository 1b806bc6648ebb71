// Hono alone: what any chain stands on.
import { Hono } from "hono";
import { benchBody, benchPath, serve } from "./serve.ts";

const app = new Hono().get(benchPath, (c) => c.json(benchBody(c.req.param("id"))));
serve(app, async () => undefined);
