#!/bin/sh
# Subset of DejaVu Sans for the plots: src/plot/dejavu-sans-subset.ttf
# Needs the Debian package fonts-dejavu-core (2.37-6) and fonttools (see
# requirements.txt; PYFTSUBSET names its executable).
# Run: PYFTSUBSET=/tmp/venv/bin/pyftsubset sh tests/generate/font.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
plot="$here/../../src/plot"
: "${PYFTSUBSET:=pyftsubset}"
: "${FONT:=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf}"
: "${LICENSE:=/usr/share/doc/fonts-dejavu-core/copyright}"

# Basic Latin, Latin-1, Latin Extended-A, Greek, thin/figure/narrow spaces, dashes,
# quotes, ellipsis, per mille, super/subscripts, Delta-like and operator signs.
unicodes='U+0020-007E,U+00A0-00FF,U+0100-017F,U+0384-03CE,U+03D1,U+03D5,U+03F5'
unicodes="$unicodes,U+2007,U+2009,U+202F,U+2010-2014,U+2018-201E,U+2022,U+2026,U+2030"
unicodes="$unicodes,U+2070-209F,U+2202,U+2206,U+2207,U+2212,U+221A,U+221E,U+2248,U+2264,U+2265"

mkdir -p "$plot"
"$PYFTSUBSET" "$FONT" --unicodes="$unicodes" --no-hinting --layout-features='' \
  --legacy-kern --desubroutinize --drop-tables+=FFTM,GSUB,GPOS,GDEF,MATH \
  --name-IDs='0,1,2,4,5,6,14' --output-file="$plot/dejavu-sans-subset.ttf"
cp "$LICENSE" "$plot/dejavu-sans-LICENSE.txt"
