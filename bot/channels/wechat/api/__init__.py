"""What goes out to WeChat's servers: https://developers.weixin.qq.com/doc/service/api/."""
