import { Columns2, Download, Ellipsis, FolderPlus, Info, Link2, Maximize, Share2, Sparkles, Tag, Trash2, Undo2 } from "lucide-react";

import { fileAddress } from "./api.js";
import { Favourite, Stars } from "./image_marks.jsx";
import { ToolsMenu } from "./image_tools.jsx";
import { Menu, MenuItem, MenuSeparator } from "./menu.jsx";

const ROUND = "inline-flex h-10 min-w-10 shrink-0 items-center justify-center gap-2 rounded px-2 text-ink hover:bg-raised aria-pressed:text-amber";

function Button({ icon: Icon, label, keyName, ...rest }) {
  return (
    <button type="button" aria-label={label} title={keyName ? `${label} (${keyName})` : label} className={ROUND} {...rest}>
      <Icon size={18} aria-hidden />
    </button>
  );
}

const TAKES = [
  ["all", "Everything", "A"],
  ["all_but_seed", "Everything but the seed", "R"],
  ["prompt", "The prompt", "P"],
  ["seed", "The seed", "S"],
  ["size", "The size", "D"],
  null,
  ["variations", "Variations of it", "V"],
  ["source", "The image, as a source", "E"],
];

function Letter({ children }) {
  return (
    <span aria-hidden className="ml-auto pl-6 font-mono text-xs text-muted [@media(hover:none)]:hidden">
      {children}
    </span>
  );
}

/** What the Studio can take over from the image. */
function Take({ run, showsName }) {
  return (
    <Menu label="Take to the Studio">
      <button type="button" aria-label="Use in the Studio" title="Use in the Studio" className={ROUND}>
        <Sparkles size={18} aria-hidden />
        {showsName && <span className="max-xl:hidden">Use</span>}
      </button>
      <>
        {TAKES.map((take, at) =>
          take ? (
            <MenuItem key={take[0]} onSelect={() => run(`take:${take[0]}`)}>
              {take[1]} <Letter>{take[2]}</Letter>
            </MenuItem>
          ) : (
            <MenuSeparator key={at} />
          ),
        )}
      </>
    </Menu>
  );
}

function More({ image, run }) {
  const entry = (action, Icon, text, keyName) => (
    <MenuItem key={action} onSelect={() => run(action)}>
      <Icon size={16} aria-hidden className="text-muted" /> {text} <Letter>{keyName}</Letter>
    </MenuItem>
  );
  return (
    <Menu label="More">
      <button type="button" aria-label="More" title="More" className={ROUND}>
        <Ellipsis size={18} aria-hidden />
      </button>
      <>
        {entry("compare", Columns2, "Compare", "C")}
        {entry("tag", Tag, "Tag", "T")}
        {entry("board", FolderPlus, "Put on a board", "B")}
        {entry("link", Link2, "Copy the link", "L")}
        {image.is_mine !== false && entry("share", Share2, "Share by a link", "Shift S")}
        {entry("bare", Maximize, "The picture alone", "F")}
        {image.is_mine !== false && entry("remove", Trash2, "Move to the trash", "Del")}
      </>
    </Menu>
  );
}

const Rule = () => <span aria-hidden className="mx-1 h-5 w-px bg-line" />;

/** Where one is, what can be done; on a phone most of it is in the bar at the bottom. */
export function Header({ place, image, panel, tools, run, close }) {
  const isTrashed = Boolean(image?.trashed_at);
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b border-line px-2 sm:px-3">
      <span className="min-w-0 flex-1 truncate px-2 font-mono text-sm text-muted">{place}</span>
      {image && (
        <div className="flex items-center max-md:hidden">
          <Stars image={image} />
          <Favourite image={image} />
        </div>
      )}
      <div className="flex min-w-0 flex-1 items-center justify-end">
        {image && isTrashed && <Trashed image={image} run={run} />}
        {image && !isTrashed && (
          <>
            <div className="flex items-center max-md:hidden">
              <Take run={run} showsName />
              <ToolsMenu image={image} isOpen={tools.isOpen && !tools.isPhone} onOpenChange={tools.setOpen} className={ROUND} showsName />
              <Rule />
            </div>
            <a href={fileAddress(image.download_url)} download aria-label="Download" title="Download (Shift D)" data-download className={ROUND}>
              <Download size={18} aria-hidden />
            </a>
            <div className="flex items-center max-md:hidden">
              {image.is_mine !== false && <Button icon={Share2} label="Share by a link" keyName="Shift S" onClick={() => run("share")} />}
              <span className="flex max-lg:hidden">
                <Button icon={Columns2} label="Compare" keyName="C" onClick={() => run("compare")} />
                {image.is_mine !== false && <Button icon={Trash2} label="Move to the trash" keyName="Del" onClick={() => run("remove")} />}
              </span>
              <More image={image} run={run} />
            </div>
          </>
        )}
        {image && <Button icon={Info} label="Information" keyName="I" aria-pressed={panel} onClick={() => run("panel")} />}
        <Rule />
        {close}
      </div>
    </header>
  );
}

function Trashed({ image, run }) {
  if (image.is_mine === false) return null;
  return (
    <>
      <Button icon={Undo2} label="Restore" keyName="R" onClick={() => run("restore")} />
      <Button icon={Trash2} label="Delete for good" keyName="Del" onClick={() => run("remove")} />
    </>
  );
}

/** By thumb. */
export function PhoneBar({ image, tools, run }) {
  return (
    <div className="flex h-14 shrink-0 items-center justify-between border-t border-line bg-surface px-1 pb-[env(safe-area-inset-bottom)] box-content md:hidden">
      <Stars image={image} size={20} />
      <div className="flex items-center">
        <Favourite image={image} size={20} />
        {!image.trashed_at && (
          <>
            <Take run={run} />
            <ToolsMenu image={image} isOpen={tools.isOpen && tools.isPhone} onOpenChange={tools.setOpen} className={ROUND} />
            <More image={image} run={run} />
          </>
        )}
      </div>
    </div>
  );
}

