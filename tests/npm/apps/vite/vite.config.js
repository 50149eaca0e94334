// Addresses relative to the page, so that the app may lie in any folder of a host.
export default { base: "./" };
