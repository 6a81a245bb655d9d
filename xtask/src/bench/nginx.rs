//! The target: nginx on one core, answering a small body from memory.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::cores::Core;
use crate::setup;
use crate::workspace::{Workspace, on_path};

/// How long nginx may take to listen, looked at fifty times.
const POLL: Duration = Duration::from_millis(100);

/// An nginx that runs; dropped, it is ended.
#[derive(Debug)]
pub(super) struct Nginx {
    process: Child,
    port: u16,
}

impl Nginx {
    pub(super) fn start(workspace: &Workspace) -> Result<Self> {
        if !on_path("nginx") {
            setup::install(&["nginx-light"]).context("the target of this benchmark is nginx")?;
        }
        let folder = workspace.target().join("bench/nginx");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let port = free_port()?;
        let configuration = folder.join("nginx.conf");
        fs::write(&configuration, configured(port))?;
        let mut command = Core::Target.command("nginx");
        command.arg("-p").arg(&folder).arg("-c").arg(&configuration);
        command.args(["-e", "error.log"]);
        let process = command.spawn().context("cannot start nginx by taskset (package util-linux)")?;
        let mut nginx = Self { process, port };
        nginx.wait_until_it_answers(&folder)?;
        Ok(nginx)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn wait_until_it_answers(&mut self, folder: &Path) -> Result<()> {
        for _ in 0..50 {
            if answers(self.port) {
                return Ok(());
            }
            if self.process.try_wait()?.is_some() {
                break;
            }
            thread::sleep(POLL);
        }
        bail!("nginx does not answer; {} says why", folder.join("error.log").display())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Without a master process there is one process, and this is it.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// One worker without a master process; no log; connections that are never closed by count.
fn configured(port: u16) -> String {
    format!(
        "daemon off;\n\
         master_process off;\n\
         worker_processes 1;\n\
         pid nginx.pid;\n\
         events {{ worker_connections 4096; }}\n\
         http {{\n\
         \x20   access_log off;\n\
         \x20   keepalive_requests 1000000000;\n\
         \x20   client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;\n\
         \x20   uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n\
         \x20   server {{\n\
         \x20       listen 127.0.0.1:{port};\n\
         \x20       default_type text/plain;\n\
         \x20       location / {{ return 200 \"a small body, as an API might answer it\\n\"; }}\n\
         \x20   }}\n\
         }}\n"
    )
}

fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

/// nginx cannot take a free port by itself; one that was free a moment ago will do.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on the loopback")?;
    Ok(listener.local_addr()?.port())
}
