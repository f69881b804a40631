// PostGraphile as its documentation recommends it for production: the Amber preset, served by Node's own HTTP server,
// without GraphiQL, watching, explaining or logging of requests; a pool of as many connections as the peer's.
//
// Settings are environment variables: DATABASE_URL (as the application's role), PORT, POOL_SIZE, WORKERS, and AGGREGATES,
// which adds sums to the schema: it needs more memory with them, so it has them only where they are asked for.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { PgAggregatesPreset } from "@graphile/pg-aggregates";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

const workers = Number(process.env.WORKERS ?? 1);

// Amounts are grouped by their currency, which has no index of its own and so would be left out.
const byCurrency = { attribute: { "opportunity.currency": { tags: { behavior: "+orderBy" } } } };
const aggregates = {
  extends: [PgAggregatesPreset],
  plugins: [jsonPgSmartTags({ version: 1, config: byCurrency })],
};

const preset = {
  extends: [PostGraphileAmberPreset, ...(process.env.AGGREGATES ? [aggregates] : [])],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: Math.max(1, Math.floor(Number(process.env.POOL_SIZE) / workers)) },
      pubsub: false,
    }),
  ],
  grafast: {
    explain: false,
    // A gateway that has checked who asks says which organization it is, and the policies of the database do the rest.
    context: ({ node }) => ({ pgSettings: { "app.current_org": node.req.headers["x-organization"] } }),
  },
  grafserv: { graphiql: false, watch: false, websockets: false },
};

if (workers > 1 && cluster.isPrimary) {
  for (let i = 0; i < workers; i++) cluster.fork();
} else {
  const server = createServer();
  server.on("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  const serv = postgraphile(preset).createServ(grafserv);
  await serv.addTo(server);
  await serv.ready();
  server.listen(Number(process.env.PORT), "127.0.0.1");
}
