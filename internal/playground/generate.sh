#!/bin/sh
# Makes assets/ out of published npm packages: the browser builds as they are, without the pointers to source maps
# that are not served, compressed without a time stamp so that the same packages give the same bytes.
set -eu

graphiql=4.1.2 # the last version with a browser build in one file; 5 needs a bundler and web workers
react=18.3.1   # the last version with a browser build

cd "$(dirname "$0")"
out=$PWD/assets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"

unpack() { # name version
	mkdir "$1"
	tar -xzf "$(npm pack --silent "$1@$2")" -C "$1" --strip-components 1
}
pack() { # source name
	sed '/^\/\/# sourceMappingURL=/d' "$1" | gzip -9 -n >"$out/$2.gz"
}

unpack graphiql "$graphiql"
unpack react "$react"
unpack react-dom "$react"

pack graphiql/graphiql.min.js graphiql.js
pack graphiql/graphiql.min.css graphiql.css
pack react/umd/react.production.min.js react.js
pack react-dom/umd/react-dom.production.min.js react-dom.js

for name in graphiql react react-dom; do
	printf '%s %s\n\n' "$name" "$(sed -n 's/.*"version": "\(.*\)".*/\1/p' $name/package.json | head -n 1)"
	cat $name/LICENSE
	printf '\n'
done >"$out/LICENSES.txt"
