/* What can be done to generations: one at a time, or all that are ticked. */
import { call } from "./api.js";
import { toast } from "./commands.js";
import { callOnce } from "./intents.js";
import { canCancel, canRetry, isLive, jobsOf } from "./activity_words.js";

const LARGEST = 500;

async function attempt(act) {
  try {
    return await act();
  } catch (problem) {
    toast(problem.message, { tone: "bad" });
    return null;
  }
}

/** Words for what became of many: how many it worked for, and the first reason why not for others. */
function told(results, done) {
  const refused = results.filter((result) => !result.ok);
  const worked = results.length - refused.length;
  if (worked) toast(`${jobsOf(worked)} ${done}.`, { tone: "ok" });
  if (refused.length) toast(`${jobsOf(refused.length)} left as they are: ${refused[0].error.message}`, { tone: "warn" });
}

export class JobActions {
  constructor({ list, ticks, open }) {
    Object.assign(this, { list, ticks, open });
  }

  async one(job, verb) {
    const path = `/generations/${job.id}/${verb}`;
    const answer = await attempt(() => (verb === "retry" ? callOnce(path) : call("POST", path)));
    if (!answer) return;
    if (verb === "retry") toast("Requested again.", { tone: "ok" });
    else this.list.put(answer);
    if (verb === "check") toast("Asked the provider. If it is found there, it goes on here by itself.");
    this.list.refresh();
  }

  async many(kind, jobs, done) {
    for (let from = 0; from < jobs.length; from += LARGEST) {
      const ids = jobs.slice(from, from + LARGEST).map((job) => job.id);
      const answer = await attempt(() => callOnce("/generations/actions", { kind, ids }));
      if (!answer) return;
      told(answer.results, done);
    }
    this.ticks.clear();
    this.list.refresh();
  }

  async cancelWaiting() {
    const answer = await attempt(() => call("POST", "/generations/actions", { kind: "cancel", all: true }));
    if (!answer) return;
    if (answer.results.length) told(answer.results, "cancelled, nothing is charged");
    else toast("Nothing is waiting.");
    this.list.refresh();
  }

  /** The ticked ones, else the one with the focus. */
  chosen(current) {
    const ticked = this.list.items.filter((job) => this.ticks.has(job.id));
    return ticked.length ? ticked : current ? [current] : [];
  }

  retry(current) {
    const jobs = this.chosen(current);
    if (jobs.length === 1 && jobs[0].status === "unknown") return this.open(jobs[0].id);
    const able = jobs.filter(canRetry);
    if (!able.length) return toast("Choose one that failed or was cancelled.");
    return able.length === 1 ? this.one(able[0], "retry") : this.many("retry", able, "requested again");
  }

  cancel(current) {
    const jobs = this.chosen(current);
    if (jobs.length === 1 && jobs[0].status === "unknown") return this.open(jobs[0].id);
    const able = jobs.filter(canCancel);
    if (!able.length) return toast(jobs.some(isLive) ? "It is being saved or cancelled already." : "Choose one that is on its way.");
    return able.length === 1 ? this.one(able[0], "cancel") : this.many("cancel", able, "told to stop");
  }

  check(current) {
    if (current?.status === "unknown") return this.one(current, "check");
    return toast("Choose one that is unconfirmed.");
  }
}
