//! The tables of a file of tests, key by key. What is said of a key here is what editors show.

use std::time::Duration;

use outrider_model::Timestamp;

use super::values::{ExpectedRecord, ExpectedRequest, Numbers, RequestPattern, Rows, Texts};
use crate::file::{choice, table};
use crate::{Named, Written};

table! {
    /// Tests of a plugin for `host test`: scripted answers in the network's place, a clock that only waits and answers
    /// move, and what is expected. Paths are relative to the file's folder.
    TestFile {
        /// Seed of all random choices. Defaults to 0.
        seed: u64,
        /// When each test begins, by the plugin's clock. Defaults to 2026-01-01T00:00:00Z.
        now: Timestamp,
        /// Base URL that relative paths resolve against. Nothing is sent there. Defaults to `http://test.invalid`.
        target: String,
        /// Hosts and ports that the plugin may reach besides the target's, as `--allow-net` of a run.
        allow_net: Vec<Written<String>>,
        /// How long one iteration may take, by the plugin's clock. Defaults to 10m, as in a run.
        iteration_timeout: Duration,
        /// Parameters of the plugin.
        parameters: Named<serde_json::Value>,
        /// Secrets that the plugin may use, with values that are none. They are masked in all that is said.
        secrets: Named<String>,
        /// Test data by name: rows as a list of tables, or a file with its policy, as in "users.csv:unique".
        data: Named<Rows>,
        /// Answers for all tests. Of several that fit a request, the first that may still be given is.
        answer: Vec<Written<AnswerTable>>,
        /// The tests.
        test: Vec<Written<TestTable>>,
    }
}

choice! {
    /// How a request fails.
    ErrorName {
        /// Nothing listens.
        ConnectionRefused = "connection-refused",
        /// The connection ends before the answer is complete.
        ConnectionReset = "connection-reset",
        /// No connection is opened in time.
        ConnectTimeout = "connect-timeout",
        /// The name does not resolve.
        Dns = "dns",
        /// The TLS handshake fails.
        Tls = "tls",
        /// No answer comes in the time that the request has.
        Timeout = "timeout",
    }
}

table! {
    /// What is answered to a request.
    AnswerTable {
        /// Which requests it answers: "GET /api/products/*". Without a method, any. A path is one of the target; other
        /// hosts are named by a whole URL. A `*` stands for anything but `/`, `**` for anything. A query is looked at
        /// where the pattern has one.
        request: RequestPattern,
        /// What else must hold for a request to be answered by this.
        when: ConditionTable,
        /// The status code. Defaults to 200.
        status: u32,
        /// Header fields; a list of texts is a field that comes several times.
        headers: Named<Texts>,
        /// The body, as JSON.
        json: serde_json::Value,
        /// The body, as text.
        text: String,
        /// The body, from a file.
        file: String,
        /// How long the answer takes, by the plugin's clock. Defaults to no time at all.
        duration: Duration,
        /// There is no answer: how the request fails.
        error: ErrorName,
        /// How often it may be given. Defaults to any number of times.
        times: u32,
    }
}

table! {
    /// What must hold for a request.
    ConditionTable {
        /// Header fields that it has, each with a text that its value is or that `*` makes it.
        headers: Named<String>,
        /// Its body is JSON that has this in it: objects may have more keys.
        json: serde_json::Value,
        /// Its body has this text in it. Forms are `a=1&b=2`.
        text: String,
    }
}

table! {
    /// One test.
    TestTable {
        /// Its name.
        name: String,
        /// The scenario of the journey that is run. A journey of one scenario needs none.
        scenario: String,
        /// The number of the iteration, of the first where there are several: it decides over rows of data and random
        /// choices. Defaults to 0.
        index: u64,
        /// How many iterations one user runs, one after the other. Defaults to 1.
        iterations: u64,
        /// In place of the file's.
        seed: u64,
        /// In place of the file's.
        now: Timestamp,
        /// Parameters of this test, which go before the file's.
        parameters: Named<serde_json::Value>,
        /// Answers of this test, which go before the file's.
        answer: Vec<Written<AnswerTable>>,
        /// Of an assertion pack: exchanges that it judges.
        exchange: Vec<Written<ExchangeTable>>,
        /// Of an assertion pack: steps that it judges, after the exchanges.
        step: Vec<Written<EndedStepTable>>,
        /// Of an assertion pack: the iteration that it judges at last.
        iteration: EndedIterationTable,
        /// Of a transform: the records that it is given, all at once.
        record: Vec<Written<RecordTable>>,
        /// Of an alert channel: the alert that it delivers, as docs/reference/alert.schema.json has it. Defaults to one
        /// that says that somebody tries the channel.
        alert: serde_json::Value,
        /// What is expected.
        expect: ExpectTable,
    }
}

table! {
    /// An exchange that an assertion pack judges.
    ExchangeTable {
        /// What was asked for: "GET /cart".
        request: RequestPattern,
        /// What the request is called. Defaults to its route.
        name: String,
        /// The status code. Defaults to 200.
        status: u32,
        /// Header fields; a list of texts is a field that came several times.
        headers: Named<Texts>,
        /// The body, as JSON.
        json: serde_json::Value,
        /// The body, as text.
        text: String,
        /// The body, from a file.
        file: String,
        /// How long the answer took. Defaults to no time at all.
        duration: Duration,
        /// There was no answer: how the request failed.
        error: ErrorName,
    }
}

table! {
    /// A step that an assertion pack judges.
    EndedStepTable {
        /// Its name.
        name: String,
        /// How long it took. Defaults to no time at all.
        duration: Duration,
        /// The error that ended it. Defaults to none.
        error: String,
    }
}

table! {
    /// An iteration that an assertion pack judges.
    EndedIterationTable {
        /// The scenario. Defaults to "default".
        scenario: String,
        /// How long it took. Defaults to what the exchanges took.
        duration: Duration,
        /// The error that ended it. Defaults to none.
        error: String,
    }
}

table! {
    /// A record that a transform is given, or the lines of a file.
    RecordTable {
        /// Where it came from. Defaults to "test", or to the file.
        source: String,
        /// The record.
        text: String,
        /// A file of which each line is a record.
        file: String,
        /// When it was received. Defaults to when the test begins.
        received: Timestamp,
    }
}

choice! {
    /// What becomes of an alert.
    DeliveryName {
        /// It is delivered.
        Delivered = "delivered",
        /// It may be delivered later.
        TryAgain = "try-again",
        /// It will not be delivered.
        Refused = "refused",
    }
}

choice! {
    /// How the plugin's work ends.
    OutcomeName {
        /// As it should.
        Completed = "completed",
        /// The journey says that the target failed.
        Failed = "failed",
        /// The plugin threw, trapped or ran into a limit.
        Broke = "broke",
        /// The journey asked for the run to end.
        Aborted = "aborted",
    }
}

table! {
    /// What is expected of the plugin. What is not said is that all goes well: it completes, every check passes and
    /// every request has an answer.
    ExpectTable {
        /// How it ends. Defaults to "completed".
        outcome: OutcomeName,
        /// A text that its error has in it; of an alert channel, why an alert was not delivered.
        message: String,
        /// Checks by name, each with whether it passes: false if it does not at least once.
        checks: Named<bool>,
        /// All requests in their order: "POST /api/cart", or a table with conditions.
        requests: Vec<Written<ExpectedRequest>>,
        /// All steps in the order in which they begin.
        steps: Vec<Written<String>>,
        /// Custom metrics by name: a counter's sum, or the last value of others; or a list of all values.
        metrics: Named<Numbers>,
        /// Texts, each in a line that is logged or printed, in their order.
        logs: Vec<Written<String>>,
        /// Of a transform: what becomes of each record, in their order: "skipped", "rejected", "broke", or a table.
        records: Vec<Written<ExpectedRecord>>,
        /// Of an alert channel: what becomes of the alert. Defaults to "delivered".
        delivery: DeliveryName,
        /// How long it takes by the plugin's clock, waits and answers, to the millisecond.
        duration: Duration,
    }
}
