import { Keys, run } from "./shared.js";

const SAYS = (name) => `do:${name}`;

/** The page's keys: some open a layer of the browser's, some are for the server. */
export function StudioKeys({ promptId, generateId, onUndo, onCancel, onCancelWaiting, onStartOver }) {
  const bindings = [
    { press: "g", text: "Go to the prompt", focus: `#${promptId}` },
    { press: "mod+enter", text: "Generate", action: "generate" },
    { press: "h", text: "Prompts that you wrote before", action: SAYS("prompt-history") },
    { press: "alt+↑", text: "The prompt before (in the prompt)" },
    { press: "w", text: "Lists of words", action: SAYS("word-lists") },
    { press: "b", text: "Presets", action: SAYS("presets") },
    { press: "shift+b", text: "Save the preset", action: SAYS("save-preset") },
    { press: "f", text: "Choose a source image from the gallery", action: SAYS("pick-source") },
    { press: "shift+f", text: "Upload a source image", action: SAYS("upload-source") },
    { press: "shift+l", text: "Add a LoRA", action: SAYS("add-lora") },
    { press: "shift+z", text: "Undo what was put into the form", action: "undo" },
    { press: "shift+x", text: "Cancel the newest generation", action: "cancel" },
    { press: "shift+r", text: "Cancel it and start again with a new seed", action: "start-over" },
    { press: "mod+shift+x", text: "Cancel all that wait", action: "cancel-waiting" },
  ];
  const generate = () => document.getElementById(generateId)?.click();
  const asks = { generate, undo: onUndo, cancel: onCancel, "cancel-waiting": onCancelWaiting, "start-over": onStartOver };
  const onAction = (action) => (action.startsWith("do:") ? run(action.slice(3)) : asks[action]?.());
  return <Keys title="Studio" bindings={bindings} onAction={onAction} />;
}
