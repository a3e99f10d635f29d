#!/usr/bin/env bash
# From an empty server to a checked, rendered canvas and back. IMPALA_SERVER names the server; data/weather.csv and
# canvases/seattle-weather.yaml are what is pushed.
set -euo pipefail

step() { printf '\n== %s\n' "$*"; }
# Runs a command that has to end with this exit code.
ends_with() {
    local expected=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" = "$expected" ] || { echo "$* ended with $code instead of $expected" >&2; exit 1; }
}

step "an account, a project, a token for it"
impala ping
echo 'correct horse battery' | impala register --username robot --password-stdin
impala project create weather
IMPALA_TOKEN=$(impala token create pipeline --scope read,upload,write --project robot/weather -q)
export IMPALA_TOKEN IMPALA_PROJECT=robot/weather
impala doctor

step "data, and a contract for the data to come"
impala upload data/weather.csv --note first
ends_with 9 impala upload data/weather.csv --error-on-unchanged
impala source schema weather --write weather.schema.json

step "a canvas from a file"
impala canvas fmt --check canvases
impala canvas lint canvases
ends_with 8 impala canvas diff canvases
impala canvas apply canvases --note first
impala canvas diff canvases
ends_with 9 impala canvas apply canvases --error-on-unchanged
impala canvas check --all --report junit=check.xml,markdown=check.md

step "data that break the contract are refused, and change nothing"
sed '100s/,[a-z]*$/,/' data/weather.csv > broken.csv
ends_with 7 impala upload broken.csv --name weather --schema weather.schema.json
[ "$(impala source versions weather -q | wc -l)" = 1 ]

step "new data are looked at in a preview first"
(cat data/weather.csv; echo '2016-01-01,0.0,7.2,-1.1,2.3,sun') > newer.csv
impala upload newer.csv --name weather --schema weather.schema.json --preview pr-1 --ttl 1d
impala canvas check --all --preview pr-1
[ "$(impala query 'SELECT count(*) AS days FROM weather' --format csv --preview pr-1 | tail -1)" = 1462 ]
[ "$(impala query 'SELECT count(*) AS days FROM weather' --format csv | tail -1)" = 1461 ]

step "then they are published"
impala upload newer.csv --name weather --schema weather.schema.json --note second
impala preview delete pr-1
impala source diff weather
impala canvas render seattle-weather --format md > summary.md
impala canvas render seattle-weather --format html --output seattle-weather.html

step "someone edits the canvas on the server, and the file does not overwrite that"
impala block set seattle-weather days --title 'Days so far'
sed 's/^  title: .*/  title: Seattle, from a file/' canvases/seattle-weather.yaml > edited.yaml
mv edited.yaml canvases/seattle-weather.yaml
ends_with 6 impala canvas apply canvases
impala canvas apply canvases --merge

step "and back: what the server has is what the file says"
impala canvas pull seattle-weather -o - | cmp - canvases/seattle-weather.yaml
grep -q 'Days so far' canvases/seattle-weather.yaml
impala canvas delete seattle-weather --yes
impala source delete weather --yes
[ -z "$(impala canvas list -q)$(impala source list -q)" ]
