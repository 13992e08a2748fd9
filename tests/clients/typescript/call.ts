// Calls of a program that uses the generated types; what they answer is printed as JSON.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

// Of the formats that an answer may have, those that are asked for here.
type Json = "application/json" | "application/problem+json";

const [baseUrl, key] = process.argv.slice(2);
assert(baseUrl && key);

const open = createClient<paths, Json>({ baseUrl });
const found = await open.GET("/v1/events", {
  params: { query: { actor: ["IR"], category: ["economic", "military"], limit: 3 } },
});
assert(found.data, JSON.stringify(found.error));
const events: components["schemas"]["ListedEvent"][] = found.data.items;

const missing = await open.GET("/v1/events/{event_id}", { params: { path: { event_id: 999_999_999 } } });
const problem: components["schemas"]["Problem"] | undefined = missing.error;

const owned = createClient<paths, Json>({ baseUrl, headers: { "X-API-Key": key } });
const made = await owned.POST("/v1/exports", { body: { actor: ["IR"], format: "csv" } });
assert(made.data, JSON.stringify(made.error));

// @ts-expect-error: there is no such category
open.GET("/v1/events", { params: { query: { category: ["culinary"] } } }).catch(() => {});

console.log(
  JSON.stringify({
    ids: events.map((event) => event.id),
    returned: found.data.returned,
    code: problem?.code,
    status: missing.response.status,
    export: made.data.id,
  }),
);
