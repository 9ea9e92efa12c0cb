// Stands in for modules of node that the decoders never reach in a browser.

export default {};
