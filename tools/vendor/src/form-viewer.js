// Forms as form-js draws and judges them; our pages draw them on the server.
export { Form } from "@bpmn-io/form-js-viewer";
