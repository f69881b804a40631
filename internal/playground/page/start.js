// Starts GraphiQL, and adds the bearer token of the bar to each request.
'use strict';

(() => {
  const key = 'bottlecrm:token';
  const welcome = `# Ctrl-Enter runs the query, Ctrl-Space completes it.
# The book on the left is the documentation.

{
  viewer {
    user { email }
    organization { name }
  }
  leads(first: 5) {
    totalCount
    nodes { id title }
  }
}
`;

  const box = document.getElementById('token');
  const main = document.getElementById('graphiql');
  const root = ReactDOM.createRoot(main);

  // A token lives as long as its tab: sessionStorage is gone with it.
  const token = () => sessionStorage.getItem(key) || '';
  const keep = (value) => sessionStorage.setItem(key, value.trim().replace(/^bearer\s+/i, ''));

  // authorized is fetch with the token, unless the request brings an Authorization header of its own.
  const authorized = (url, init) => {
    const headers = new Headers(init.headers);
    if (token() && !headers.has('Authorization')) headers.set('Authorization', `Bearer ${token()}`);
    return fetch(url, { ...init, headers });
  };

  // A new fetcher makes GraphiQL ask for the schema again, which may differ for another viewer.
  const render = () => {
    const fetcher = GraphiQL.createFetcher({ url: main.dataset.endpoint, fetch: authorized });
    root.render(React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: welcome,
      defaultEditorToolsVisibility: true,
      shouldPersistHeaders: false,
    }));
  };

  // A link that ends in #token=… fills the box. The token is taken out of the address at once, so that it stays
  // neither in the history nor in a link that is passed on.
  const takeFromAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given === null) return false;
    keep(given);
    history.replaceState(null, '', location.pathname + location.search);
    return true;
  };

  const show = () => {
    box.value = token();
    render();
  };

  box.addEventListener('change', () => { keep(box.value); show(); });
  window.addEventListener('hashchange', () => { if (takeFromAddress()) show(); });

  takeFromAddress();
  show();
})();
