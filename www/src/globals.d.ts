/** The package's version, put in by webpack. */
declare const ZARRSCOPE_VERSION: string;
