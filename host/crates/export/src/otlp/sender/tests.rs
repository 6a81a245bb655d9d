use std::net::TcpListener;

use http::HeaderMap;

use super::*;
use crate::test_run::drops;

/// The run is over after four seconds: between the third try, after three, and the fourth, after seven.
const RUN: Duration = Duration::from_secs(4);

fn sender(port: u16, clock: RunClock) -> Sender {
    let signal = Signal {
        endpoint: format!("http://127.0.0.1:{port}/v1/metrics").parse().unwrap(),
        headers: HeaderMap::new(),
        timeout: Duration::from_secs(10),
        protocol: OtlpProtocol::Protobuf,
        gzip: false,
    };
    Sender::new(signal, Arc::default(), drops(), clock).unwrap()
}

/// How long a message is tried to be sent to a port in a run, and what is said of it.
async fn tried(port: u16) -> (Duration, String) {
    let clock = RunClock::start_now();
    let sender = sender(port, clock);
    let (end, ending) = watch::channel(None);
    let over = async {
        tokio::time::sleep(RUN).await;
        end.send_replace(Some(clock.instant()));
    };
    let (ending, message) = (Ending(ending), MetricsRequest::default());
    let (failed, ()) = tokio::join!(sender.until_accepted(&message, &ending), over);
    (clock.elapsed(), failed.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_two_seconds_for_a_collector_that_is_silent() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (took, why) = tried(silent.local_addr().unwrap().port()).await;
    let most = RUN + LAST_TRY;
    assert!((most..most + Duration::from_millis(10)).contains(&took), "{took:?}");
    assert_eq!(why, TOO_LATE);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_tried_once_more_at_the_end_and_not_waited_for() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let (took, _) = tried(port).await;
    assert!((RUN..=RUN + LAST_TRY).contains(&took), "{took:?}");
}
