// The entry. It carries the style and nothing else: the page loads this file under whatever name the
// static files give it, so no other chunk may import from it.

import "./style/viewer.css";

import("./app.js");
