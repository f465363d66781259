// Diagrams to look at: move, zoom, mark.
export { default as Viewer } from "bpmn-js/lib/NavigatedViewer";
