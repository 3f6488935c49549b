import { useCallback, useEffect, useMemo, useState } from "react";

import { call } from "./api.js";
import { toast } from "./commands.js";
import { callOnce } from "./intents.js";

const byName = (boards) => [...boards].sort((one, other) => one.name.localeCompare(other.name));

async function reported(work) {
  try {
    return await work();
  } catch (problem) {
    toast(problem.fields?.name ?? problem.message, { tone: "bad" });
    return null;
  }
}

/** The boards that the person sees, `null` until they are known, and what can be done with them. Rejects never. */
export function useBoards(version) {
  const [boards, setBoards] = useState(null);
  const read = useCallback(async () => {
    const answer = await call("GET", "/boards").catch(() => null);
    setBoards((known) => (answer ? byName(answer.items ?? answer) : (known ?? [])));
  }, []);
  useEffect(() => {
    const timer = setTimeout(read, 200);
    return () => clearTimeout(timer);
  }, [version, read]);
  const actions = useMemo(() => {
    const put = (board) => setBoards((known) => byName([...(known ?? []).filter((other) => other.id !== board.id), board]));
    const takeAway = (board) => setBoards((known) => (known ?? []).filter((other) => other.id !== board.id));
    const restore = (board) => reported(async () => put(await call("POST", `/boards/${board.id}/restore`)));
    return {
      create: (name, visibility = "private") =>
        reported(async () => {
          const board = await callOnce("/boards", { name, visibility });
          put(board);
          return board;
        }),
      change: (board, changes) =>
        reported(async () => {
          put(await call("PATCH", `/boards/${board.id}`, changes));
          if (changes.visibility === "private") toast(`The board ${board.name} is yours alone now. What others had put on it is off it.`);
        }),
      remove: (board) =>
        reported(async () => {
          takeAway(board);
          await call("DELETE", `/boards/${board.id}`).catch((problem) => {
            put(board);
            throw problem;
          });
          const others = board.visibility === "team" ? " What others had put on it does not come back with it." : "";
          toast(`The board ${board.name} is in the trash. Its images stay.${others}`, { undo: () => restore(board) });
        }),
    };
  }, []);
  return { boards, ...actions };
}
