// A stock Apollo Client as an application uses it: sign in with a mailed code, read all pages into the cache, convert
// one lead. Its argument is the server's address. It asks for the code on stdout, reads it from stdin, and ends with
// one line of JSON: what it saw, and the whole cache.
import { createInterface } from "node:readline/promises";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { relayStylePagination } from "@apollo/client/utilities";

const [url, email, foreign] = process.argv.slice(2);
let token;

const client = new ApolloClient({
  link: ApolloLink.from([
    new SetContextLink(({ headers }) => ({ headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers })),
    new HttpLink({ uri: `${url}/graphql` }),
  ]),
  cache: new InMemoryCache({ typePolicies: { Query: { fields: { leads: relayStylePagination(["orderBy"]) } } } }),
});

await client.mutate({
  mutation: gql`mutation Request($email: EmailAddress!) { requestSignIn(input: { email: $email, delivery: CODE }) { ok } }`,
  variables: { email },
});
console.log("the code?");
const stdin = createInterface({ input: process.stdin });
const code = await stdin.question("");
stdin.close();
const session = await client.mutate({
  mutation: gql`
    mutation SignIn($email: EmailAddress!, $code: String!) {
      signIn(input: { email: $email, code: $code }) { accessToken organizationId memberships { organizationName } }
    }`,
  variables: { email, code },
});
token = session.data.signIn.accessToken;

const LEADS = gql`
  query Leads($after: String) {
    leads(first: 20, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges {
        cursor
        node { id name status email opportunityAmount { amount currency } assignedTo { id user { id name } } tags { id name } }
      }
    }
  }`;
let pages = 0;
let last;
do {
  // The cache has one list of leads and would answer for the page after it, too.
  const next = await client.query({ query: LEADS, variables: { after: last?.leads.pageInfo.endCursor }, fetchPolicy: "network-only" });
  last = next.data;
  pages++;
} while (last.leads.pageInfo.hasNextPage);
const listed = () => client.cache.readQuery({ query: LEADS }).leads.edges.map((edge) => edge.node);

const open = listed().find((lead) => lead.email && lead.status !== "CONVERTED" && lead.status !== "CLOSED");
const converted = await client.mutate({
  mutation: gql`
    mutation Convert($id: ID!) {
      convertLead(input: { id: $id }) { lead { id status } account { id name } contact { id fullName } opportunity { id name } }
    }`,
  variables: { id: open.id },
});

const stranger = await client.query({ query: gql`query Stranger($id: ID!) { node(id: $id) { id } lead(id: $id) { id } }`, variables: { id: foreign } });

console.log(JSON.stringify({
  organizations: session.data.signIn.memberships.map((m) => m.organizationName),
  pages,
  totalCount: last.leads.totalCount,
  ids: listed().map((lead) => lead.id),
  converted: converted.data.convertLead,
  // The list is not fetched again: the cache has to know the converted lead by its id.
  statusInList: listed().find((lead) => lead.id === open.id).status,
  stranger: stranger.data,
  cache: client.cache.extract(),
}));
client.stop();
