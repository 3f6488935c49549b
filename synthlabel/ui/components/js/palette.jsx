import * as Dialog from "@radix-ui/react-dialog";
import { Command } from "cmdk";
import { ArrowRight, Image, Keyboard, ListChecks, LogOut, PanelLeft, Search, Sparkles, SunMoon } from "lucide-react";
import { useContext, useEffect, useState } from "react";
import { useNavigate } from "react-router";

import { ColorModeContext } from "$/utils/context-registry";

import { call } from "./api.js";
import { onCommand, run, toast } from "./commands.js";
import { keep } from "./kept.jsx";
import { isActive, listedKeys, onPress, shownKeys } from "./keys.jsx";

const EVERYWHERE = [
  { press: "mod+k", action: "palette", text: "Command palette", anywhere: true },
  { press: "?", action: "keys", text: "Show the keys of this page", anywhere: true },
];
const ICONS = { image: Image, "list-checks": ListChecks, sparkles: Sparkles, "sun-moon": SunMoon, keyboard: Keyboard, "panel-left": PanelLeft, "log-out": LogOut };

function switchRail() {
  const isWide = document.querySelector("nav[aria-label=Pages]")?.offsetWidth > 100;
  keep("rail", isWide ? "narrow" : "wide");
}

async function signOut() {
  try {
    await call("POST", "/auth/sign-out");
  } catch (problem) {
    if (problem.status !== 401) return toast(problem.message, { tone: "bad" });
  }
  // The token leads to this tab's server-side state: the next person must not meet it.
  sessionStorage.removeItem("token");
  window.location.assign("/sign-in");
}

function useShellCommands(setLayer) {
  const { toggleColorMode } = useContext(ColorModeContext);
  const navigate = useNavigate();
  useEffect(() => {
    const stops = [
      onCommand("palette", () => setLayer((layer) => (layer === "palette" ? null : "palette"))),
      onCommand("keys", () => setLayer("keys")),
      onCommand("theme", toggleColorMode),
      onCommand("rail", switchRail),
      onCommand("sign-out", signOut),
      onCommand("go", (address) => navigate(address)),
      onPress(EVERYWHERE, (found) => run(found.action)),
    ];
    return () => stops.forEach((stop) => stop());
  }, [navigate, setLayer, toggleColorMode]);
}

function Keycaps({ press }) {
  return (
    <span className="flex shrink-0 gap-1">
      {shownKeys(press).map((name) => (
        <kbd key={name} className="min-w-5 rounded-sm border border-line bg-raised px-1 text-center font-sans text-xs leading-[18px] text-muted">
          {name}
        </kbd>
      ))}
    </span>
  );
}

const ITEM =
  "flex h-10 cursor-pointer items-center gap-3 rounded px-3 aria-selected:bg-raised data-[disabled=true]:opacity-50";
const HEADING =
  "[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted";

function CommandList({ entries, onDone }) {
  const act = (entry) => () => {
    onDone();
    // After the layer has closed and given the focus back, so that the action may take it.
    requestAnimationFrame(() => (entry.href ? run("go", entry.href) : run(entry.command)));
  };
  const here = listedKeys().flatMap((list) => list.keys.filter(isActive).map((key) => ({ ...key, run: list.run })));
  return (
    <Command label="Command palette" className="flex min-h-0 flex-col" loop>
      <div className="flex items-center gap-2 border-b border-line px-4">
        <Search size={16} aria-hidden className="text-muted" />
        <Command.Input autoFocus placeholder="Go to a page, or do something" className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none" />
      </div>
      <Command.List className="max-h-[50dvh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-muted">Nothing is called that.</Command.Empty>
        {["Pages", "This page", "Anywhere"].map((group) => {
          const items = group === "This page" ? [] : entries.filter((entry) => entry.group === group);
          if (!items.length && !(group === "This page" && here.length)) return null;
          return (
            <Command.Group key={group} heading={group} className={HEADING}>
              {items.map((entry) => {
                const Icon = ICONS[entry.icon] ?? ArrowRight;
                return (
                  <Command.Item key={entry.text} value={entry.text} onSelect={act(entry)} className={ITEM}>
                    <Icon size={16} aria-hidden className="text-muted" />
                    <span className="flex-1">{entry.text}</span>
                  </Command.Item>
                );
              })}
              {group === "This page" &&
                here.map((key) => (
                  <Command.Item
                    key={key.press}
                    value={key.text}
                    onSelect={() => (onDone(), requestAnimationFrame(() => key.run(key)))}
                    className={ITEM}
                  >
                    <Keyboard size={16} aria-hidden className="text-muted" />
                    <span className="flex-1">{key.text}</span>
                    <Keycaps press={key.press} />
                  </Command.Item>
                ))}
            </Command.Group>
          );
        })}
      </Command.List>
    </Command>
  );
}

function KeyList() {
  const lists = [...listedKeys(), { title: "Everywhere", keys: [...EVERYWHERE, { press: "esc", text: "Close the top layer" }] }];
  return (
    <div className="flex flex-col gap-5 overflow-y-auto p-5">
      <h2 className="text-lg font-medium">Keys</h2>
      {lists.map((list) => (
        <section key={list.title} className="flex flex-col gap-2">
          <h3 className="text-xs text-muted">{list.title}</h3>
          <dl className="flex flex-col gap-1.5">
            {list.keys.map((key) => (
              <div key={key.press} className="flex items-center justify-between gap-6">
                <dt>{key.text}</dt>
                <dd>
                  <Keycaps press={key.press} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

/** The command palette, the list of keys, and what both can ask for. */
export function Palette({ entries = [] }) {
  const [layer, setLayer] = useState(null);
  useShellCommands(setLayer);
  return (
    <Dialog.Root open={layer !== null} onOpenChange={(open) => open || setLayer(null)}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="enter fixed top-[12dvh] left-1/2 z-50 flex max-h-[72dvh] w-[min(36rem,calc(100vw-24px))] -translate-x-1/2 flex-col rounded-lg border border-line bg-surface text-ink shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">{layer === "keys" ? "Keys" : "Command palette"}</Dialog.Title>
          {layer === "palette" && <CommandList entries={entries} onDone={() => setLayer(null)} />}
          {layer === "keys" && <KeyList />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
