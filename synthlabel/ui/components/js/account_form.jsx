import { CircleAlert, Eye, EyeOff, LoaderCircle } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useSearchParams } from "react-router";

import { call } from "./api.js";

const FIELDS = {
  name: { label: "Name", type: "text", autoComplete: "name", maxLength: 80 },
  email: { label: "Email", type: "email", autoComplete: "username", maxLength: 254, inputMode: "email" },
  password: { label: "Password", type: "password", maxLength: 128 },
};
const MODES = {
  "sign-in": { fields: ["email", "password"], button: "Sign in", busy: "Signing in", path: "/auth/sign-in" },
  register: { fields: ["name", "email", "password"], button: "Create account", busy: "Creating", path: "/auth/register" },
};
const HINTS = { register: { password: "At least 8 characters. A sentence is easier to remember than a code." } };

/** Only addresses of our own pages, wherever the link came from. */
function safeNext(next) {
  if (!next?.startsWith("/") || next.startsWith("//") || /[\\\p{Cc}]/u.test(next)) return "/";
  return new URL(next, window.location.origin).origin === window.location.origin ? next : "/";
}

function Field({ name, mode, error, inputRef }) {
  const { label, type, autoComplete, ...rest } = FIELDS[name];
  const id = useId();
  const [shown, show] = useState(false);
  const hint = HINTS[mode]?.[name];
  const isPassword = type === "password";
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          {...rest}
          ref={inputRef}
          id={id}
          name={name}
          type={isPassword && shown ? "text" : type}
          autoComplete={autoComplete ?? (mode === "register" ? "new-password" : "current-password")}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-about`}
          className={`h-10 w-full rounded border bg-raised px-3 text-ink hover:border-control aria-invalid:border-bad border-control/60 ${isPassword ? "pr-10" : ""}`}
        />
        {isPassword && (
          <button
            type="button"
            aria-label={shown ? "Hide characters" : "Show characters"}
            onClick={() => show(!shown)}
            className="absolute inset-y-1 right-1 grid w-8 place-items-center rounded text-muted hover:text-ink"
          >
            {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </button>
        )}
      </div>
      <p id={`${id}-about`} className={`text-xs ${error ? "flex gap-1.5 text-bad" : "text-muted"}`}>
        {error && <CircleAlert size={14} aria-hidden className="mt-px shrink-0" />}
        {error || hint}
      </p>
    </div>
  );
}

/** The form to sign in, or to create an account and sign in with it. Posts to the API, which sets the cookie. */
export function AccountForm({ mode = "sign-in" }) {
  const { fields, button, busy, path } = MODES[mode];
  const [search] = useSearchParams();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState(null);
  const [ready, setReady] = useState(false);
  const inputs = useRef({});
  // Before the page is alive a submit would put the password into the address.
  useEffect(() => setReady(true), []);

  const refuse = (error) => {
    setProblem(error);
    setSending(false);
    const first = fields.find((name) => error.fields?.[name]) ?? "password";
    inputs.current[first]?.focus();
  };
  const submit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(fields.map((name) => [name, inputs.current[name].value]));
    setSending(true);
    setProblem(null);
    try {
      await call("POST", path, values);
      if (mode === "register") await call("POST", "/auth/sign-in", { email: values.email, password: values.password });
    } catch (error) {
      return refuse(error);
    }
    sessionStorage.removeItem("token"); // whatever this tab's state held was somebody else's
    window.location.assign(safeNext(search.get("next")));
  };
  const isGeneral = problem && !fields.some((name) => problem.fields?.[name]);
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4">
      {fields.map((name) => (
        <Field key={name} name={name} mode={mode} error={problem?.fields?.[name]} inputRef={(node) => (inputs.current[name] = node)} />
      ))}
      <div role="alert">
        {isGeneral && (
          <p className="flex gap-2 rounded border border-bad/50 bg-bad/10 px-3 py-2.5">
            <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-bad" />
            {problem.message}
          </p>
        )}
      </div>
      <button
        type="submit"
        disabled={!ready || sending}
        aria-busy={sending}
        className="inline-flex h-11 items-center justify-center gap-2 rounded bg-amber text-lg font-medium text-on-amber hover:bg-amber/85 disabled:opacity-60"
      >
        {sending && <LoaderCircle size={16} aria-hidden className="spinner" />}
        {sending ? busy : button}
      </button>
    </form>
  );
}
