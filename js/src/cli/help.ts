/** What `zarrscope --help` prints. */

/** The whole of it. */
export const HELP = `zarrscope: labelled analysis of Zarr stores by address

  zarrscope info SOURCE [VAR]                what is in a store
  zarrscope OP SOURCE VAR [flags]            compute; OP is one of
      mean sum min max std var count median argmin argmax quantile histogram
      trend anomaly scale, or select for the values themselves
  zarrscope run DOC.json                     the same by an analysis document (-: standard input)
  zarrscope explain DOC.json                 what it would cost; fetches metadata only
  zarrscope plot DOC.json -o FILE.svg|.png   the picture
  zarrscope serve DIR [--port N] [--host H]  a folder over HTTP, with ranges and CORS

SOURCE is a path, or an address: https:// s3:// gs:// az:// file://
VAR is an array's path in it; / is the array at SOURCE itself

What to take
  --sel lat=20:60         labels, both ends included; either may be absent
  --sel time=A..B         the same; times with a clock need the two dots
  --sel time=2013-06      all of a period        --sel lat=10,20,30   these labels
  --sel lon=~250          the nearest label, as --nearest lon=250
  --isel level=0          a position             --isel time=0:10:2   start:stop:step
How to compute
  --dims a,b              over these dimensions; default: all
  --groupby time.month    --resample 1D          --coarsen lat=4,lon=4 [--boundary trim|pad]
  --weights area|ARRAY    mean, sum, std, var, histogram
  --skipna --no-skipna    --ddof N (std, var)    --min-count N (sum)
  --q 0.05,0.5,0.95       quantile
  --bins N|E0,E1,…        histogram; --range LOW,HIGH --density --with VAR --with-bins … --with-range …
  --factor F --offset O --units U                scale
  --no-decode             the stored values, without CF decoding
  --precision exact|bytes=N|error=R
  --document              print the analysis document instead, without secrets
How to reach the store
  --endpoint URL  --region R  --header "Name: value" (may repeat)  --query TOKEN
  --rewrite FROM=TO       where files that references name are instead, by prefix (may repeat)
Output
  --json                  the result as JSON on standard output, and nothing else there
  --out FILE, -o FILE     .json, .csv, .npy, or .zarr (Zarr v2 for xarray; times as CF numbers in their own calendar)
  --workers N             default: one per core, at most 8
  --quiet, -q             no progress and no footer
  plot: --width N --height N --scale S --theme light|dark --title T --colormap NAME --range LOW,HIGH --no-coastlines

  zarrscope --version     zarrscope --help

Exit status: 0 done, 2 the call itself is wrong, 1 anything else, 130 interrupted.
`;
