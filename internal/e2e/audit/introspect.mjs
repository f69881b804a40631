// Asks for the schema as clients do, with every option there is, builds it and prints what is wrong with it.
import { buildClientSchema, getIntrospectionQuery, validateSchema } from 'graphql';

const [url, token] = process.argv.slice(2);
const options = ['descriptions', 'specifiedByUrl', 'directiveIsRepeatable', 'schemaDescription', 'inputValueDeprecation', 'oneOf'];
const query = getIntrospectionQuery(Object.fromEntries(options.map((name) => [name, true])));

const response = await fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
  body: JSON.stringify({ query, operationName: 'IntrospectionQuery' }),
});
const { data, errors, extensions } = await response.json();
for (const error of errors ?? []) console.log(error.message);
if (data) for (const error of validateSchema(buildClientSchema(data))) console.log(error.message);
console.error(`it costs ${extensions?.cost?.estimated}`);
